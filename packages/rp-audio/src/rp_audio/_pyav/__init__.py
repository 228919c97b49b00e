"""Sound through PyAV, which brings FFmpeg."""
