"""The engines that speak, each in a module of its own.

Each has `version`, `voices` and `speak`, which returns the bytes of a sound file.
"""
