"""
What pyproject.toml cannot say.

The folder ``synapse/`` is installed under a name that does not hide Synapse; and a wheel or source archive made from a
checkout has the web app in it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).parent


def build_web() -> None:
    """Build what is missing or older than its sources. A source archive has no sources of it, but the built app."""
    if (ROOT / "web/package.json").exists():
        subprocess.run([ROOT.resolve() / "scripts/build-web"], check=True)  # noqa: S603 - our own


class BuildPy(build_py):
    def run(self) -> None:
        if not self.editable_mode:  # `make setup` must not wait for it; `make demo` builds it
            build_web()
            self.data_files = self._get_data_files()  # listed before there was anything to list
        super().run()


class Sdist(sdist):
    def run(self) -> None:
        build_web()
        super().run()


setup(
    packages=[
        *find_namespace_packages(
            include=["bridge", "bridge.*"], exclude=["bridge.api.page*"]
        ),  # migrations are no package
        "classbridge_synapse",
    ],
    package_dir={"classbridge_synapse": "synapse"},
    cmdclass={"build_py": BuildPy, "sdist": Sdist},
)
