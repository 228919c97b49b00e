"""Sound through soundfile, which brings libsndfile."""
