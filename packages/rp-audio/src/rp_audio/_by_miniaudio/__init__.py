"""Sound through miniaudio: read, and played."""
