"""Where pictures may lie: one module a layout, behind `mmrec_core.inputs.sources.source.Source`."""
