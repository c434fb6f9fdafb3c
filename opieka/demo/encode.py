"""Makes `data/vectors.npz`, the shipped vectors of the articles: `python -m opieka.demo.encode`.

The file holds "rows" [all rows, 384] as float16, "starts" (where each article's rows begin, and the end) and "hashes"
(of each article's text, as `knowledge.shelf` makes them). Run it after changing an article; it takes a few minutes.
"""

from opieka.demo.generate import ANCHOR, SEED
from opieka.demo.shelf import articles


def main() -> None:
    """Encode every article whose text is not in the file yet; forget texts that are gone."""
    import numpy as np

    from opieka.demo.load.knowing import SHIPPED_ENCODER, VECTORS, read_vectors
    from opieka.knowledge.encoders.base import named
    from opieka.knowledge.finding import vectors
    from opieka.knowledge.finding.found import Document
    from opieka.knowledge.shelf import hash_of

    kept, fresh = read_vectors(VECTORS), {}
    encoder = named(SHIPPED_ENCODER)
    for row in articles(SEED, ANCHOR):
        document = Document(id=row["slug"], title=row["title"], body=row["body"], questions=tuple(row["questions"]))
        key = hash_of(document)
        fresh[key] = kept.get(key) or vectors.encode(document, encoder).to_bytes()
    rows = [np.frombuffer(one, "<f2").reshape(-1, encoder.dimensions) for one in fresh.values()]
    starts = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    np.savez_compressed(VECTORS, rows=np.concatenate(rows), starts=starts, hashes=np.array(list(fresh)))


if __name__ == "__main__":
    import django

    django.setup()
    main()
