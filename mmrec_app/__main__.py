"""Serves the app from wherever it is installed: ``python -m mmrec_app``, or ``mmrec app``.

Options are those of ``streamlit run``.
"""

import sys

from streamlit.web.cli import main

from mmrec_app.home import ENTRY
from mmrec_app.served import connections, rights

if __name__ == "__main__":
    if fault := rights.sign_in_fault():
        sys.exit(f"mmrec: {fault}")
    connections.use()
    sys.argv[:1] = ["streamlit", "run", str(ENTRY)]
    main(prog_name="streamlit")
