"""What plays sound, each in a module of its own."""
