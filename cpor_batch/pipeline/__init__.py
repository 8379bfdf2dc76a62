"""The shell: one module per use case, each of which reads like the sentence in cpor_batch/README.md.

Here the rooms meet: files are read, rows judged, conflicts found, events appended, documents made.
"""
