"""What the bundle is made of, how the build went, and what one should know of its data."""

import streamlit as st

from mmrec_app.about import build_facts, bundle_facts, growth_facts
from mmrec_app.frame import opening
from mmrec_app.frame.header import header

bundle = opening.current_bundle()
header("about")
with st.container(key="about.identity"):
    bundle_facts.identity(bundle)
bundle_facts.counts(bundle)
bundle_facts.encoders(bundle)
bundle_facts.making(bundle)
growth_facts.growth(bundle)
build_facts.problems(bundle)
times, sizes = st.columns(2, gap="large")
with times:
    build_facts.timings(bundle)
with sizes:
    build_facts.sizes(bundle)
build_facts.interface(bundle)
