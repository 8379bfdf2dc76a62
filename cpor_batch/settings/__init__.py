"""Settings: what flags, the environment and cpor-batch.toml say, in this order of weight, else the defaults.

Every value keeps its origin, so that `config show` can tell why it is what it is.
"""

from cpor_batch.settings.load import find_workspace, load_settings, wrong_value
from cpor_batch.settings.password import read_smtp_password
from cpor_batch.settings.readers import COMMAND_LINE
from cpor_batch.settings.save import save_header_map
from cpor_batch.settings.values import FILE_NAME, Cluster, Settings, Smtp

__all__ = [
    "COMMAND_LINE",
    "FILE_NAME",
    "Cluster",
    "Settings",
    "Smtp",
    "find_workspace",
    "load_settings",
    "read_smtp_password",
    "save_header_map",
    "wrong_value",
]
