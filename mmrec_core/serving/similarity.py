"""How similar every image of a bundle is to one query."""

import numpy as np

from mmrec_core.collection.vectors import cosines, fused, unit
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender


def similarity(recommender: Recommender, query: Query) -> np.ndarray:
    """Return the similarity of each image to a query, (n_images,) float32, −1 to 1.

    For an image of the collection it is the mean of CLIP's cosine of the pictures and BERT's of the
    captions, CLIP's alone where a caption is missing; for a new picture or a text, CLIP's cosine
    with each picture.

    Raises
    ------
    QueryError
        If the bundle has no image of that name.
    EncoderError
        If a new picture or a text cannot be encoded.
    """
    vectors = recommender.collection.unit
    if isinstance(query.image, str):
        row = recommender.bundle.index_of(query.image)
        pictures, captions = (
            cosines(block, block[row]) for block in (vectors.clip_image, vectors.bert_text)
        )
        return fused(pictures, captions)
    if query.image is not None:
        vector = recommender.encoder.image_vector(query.image)
    else:
        vector = recommender.encoder.text_vector(query.text or "")
    return cosines(vectors.clip_image, unit(vector))
