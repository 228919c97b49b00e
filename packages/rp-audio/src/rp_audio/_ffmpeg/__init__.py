"""Sound through the ffmpeg program."""
