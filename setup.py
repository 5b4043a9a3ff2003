"""What pyproject.toml cannot say: the wheel holds the entry script and the pages too.

They lie at the top of the repository, where Streamlit looks for them. In a wheel that would be the
top of site-packages, so there they go to ``mmrec_app/site/``; `mmrec_app.home` finds either.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SITE = ("streamlit_app.py", "pages/*.py", ".streamlit/config.toml")


class BuildWithSite(build_py):
    """The packages, and the site inside one of them."""

    def run(self) -> None:
        """Build the packages; an editable install keeps the site where it is."""
        super().run()
        if not self.editable_mode:
            for file in self._site():
                target = Path(self.build_lib, "mmrec_app", "site", file)
                self.mkpath(str(target.parent))
                self.copy_file(file, str(target))

    def get_source_files(self) -> list[str]:
        """Return what a source distribution must hold."""
        return [*super().get_source_files(), *self._site()]

    def _site(self) -> list[str]:
        return [str(path) for pattern in SITE for path in sorted(Path().glob(pattern))]


setup(cmdclass={"build_py": BuildWithSite})
