"""The command that puts a bundle's vectors into a database: `mmrec store`."""

from typing import Annotated

import typer

from mmrec_core.cli.options import BundleFolder
from mmrec_core.cli.terminal import say, say_aside


def store(
    bundle: BundleFolder,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="a folder, or s3://, gs:// or az:// with bucket and prefix; by default a folder "
            "in the bundle",
        ),
    ] = None,
    own_files: Annotated[
        bool,
        typer.Option("--own-files", help="let queries go to the bundle's own files again"),
    ] = False,
) -> None:
    """Put a bundle's vectors into a vector database (LanceDB), and let its queries go there.

    The bundle's digest and its recommendations stay as they are. What is stored already is not
    stored again: if it is stopped, the same command continues. In the end all that the database
    holds is compared with the bundle. Whoever serves the bundle names the place in MMREC_STORES.
    After `mmrec add` or `remove`, queries go to the bundle's own files until it is stored again.
    """
    from mmrec_core.bundle import layout, open_bundle
    from mmrec_core.collection import storing
    from mmrec_core.vector_store.places import ALLOWING, address

    opened = open_bundle(bundle)
    if own_files:
        if to is not None:
            raise typer.BadParameter("--own-files and --to exclude each other")
        storing.own_files(opened)
        return say(f"{bundle}: queries go to its own files.")
    place = storing.store_vectors(opened, to or layout.STORED_INSIDE, say_aside)
    where = address(bundle, place.store)
    say(f"{bundle}: queries go to {where}, which holds the same vectors.")
    say(f"Serve it with {ALLOWING}={where}")
