"""A person's settings: what they are, where each value comes from, and changing them. Nothing else reads ``config.toml``."""

from .settings import SETTINGS, Origin, Setting, SettingError, Settings, Value, known_setting
from .storage import change, load_settings, remove

__all__ = ["SETTINGS", "Origin", "Setting", "SettingError", "Settings", "Value", "change", "known_setting", "load_settings", "remove"]
