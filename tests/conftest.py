"""How all tests run."""

from hypothesis import HealthCheck, settings

# A busy machine is no reason to fail: no test depends on how long something takes.
settings.register_profile("cpor-batch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cpor-batch")
