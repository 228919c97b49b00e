"""The backend `aiohttp`; nothing here is imported where aiohttp is not installed."""
