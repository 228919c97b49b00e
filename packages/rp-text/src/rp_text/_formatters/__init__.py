"""The formatters, each in the form that its library asks for."""
