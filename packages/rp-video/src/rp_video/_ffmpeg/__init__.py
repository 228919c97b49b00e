"""What the ffmpeg program does, in a process of its own."""
