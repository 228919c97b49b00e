"""What OpenCV does."""
