"""Metadata lives in pyproject.toml; only that wheels hold the shipped presets is told here."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = Path(__file__).parent / "saved_models"


class BuildWithPresets(build_py):
    """Copies the shipped presets beside the modules, where an installed package looks for them."""

    def run(self):
        """Build the modules, then copy the presets."""
        super().run()
        if self.editable_mode:
            return
        for config in SHIPPED.glob("emixer_*/config.json"):
            name = config.parent.name
            target = Path(self.build_lib) / "emixer_tf" / "saved_models" / name
            shutil.copytree(config.parent, target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithPresets})
