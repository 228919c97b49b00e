"""What FFmpeg does in this process, by way of PyAV; importing it imports av and numpy."""
