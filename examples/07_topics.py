"""Topics from embeddings: documents by direction, and the words that tell each topic apart.

The documents are the docstrings of Python's own library. Their embeddings are made by latent
semantic analysis here, so that nothing has to be downloaded; put those of a language model in
their place: the rest stays as it is.

python examples/07_topics.py
"""

import importlib
import inspect

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from kwise import KMeans
from kwise.metrics import silhouette_samples
from kwise.plots import plot_silhouette

SUBJECTS = {
    "numbers": ("statistics", "random", "fractions", "decimal"),
    "dates": ("datetime", "calendar"),
    "files": ("pathlib", "shutil", "tempfile", "tarfile", "zipfile"),
    "mail": ("email.message", "mailbox", "smtplib", "imaplib"),
    "threads": ("threading", "concurrent.futures", "asyncio", "multiprocessing"),
}

documents, homes = [], []
for subject, names in SUBJECTS.items():
    for name in names:
        module = importlib.import_module(name)
        things = [thing for thing in vars(module).values() if inspect.isclass(thing)]
        members = [member for thing in things for member in vars(thing).values()]
        for thing in [*vars(module).values(), *members]:
            text = inspect.getdoc(thing) if callable(thing) else None
            if text and len(text) > 120 and text not in documents:
                documents.append(text)
                homes.append(subject)

words = TfidfVectorizer(stop_words="english", min_df=3, sublinear_tf=True)
embeddings = TruncatedSVD(30, random_state=0).fit_transform(words.fit_transform(documents))

model = KMeans(8, metric="cosine", n_init=20, random_state=0).fit(embeddings)
fit = silhouette_samples(embeddings, model.labels_, metric="cosine")

# Class-based tf-idf (Grootendorst, "BERTopic", 2022): a topic is one long document, and a word
# counts as much as it is more frequent there than in all.
counter = CountVectorizer(stop_words="english", min_df=3, token_pattern=r"[a-z]{3,}")
counts = counter.fit_transform(documents)
by_topic = np.array([counts[model.labels_ == c].sum(axis=0).A1 for c in range(8)])
in_topic = by_topic / by_topic.sum(axis=1, keepdims=True)
weight = in_topic * np.log1p(by_topic.sum(axis=1).mean() / by_topic.sum(axis=0))
vocabulary = counter.get_feature_names_out()

print(f"{len(documents)} documents in 8 topics, mean silhouette {fit.mean():.2f}")
for c in np.argsort(-np.bincount(model.labels_)):
    mine = np.flatnonzero(model.labels_ == c)
    subjects, times = np.unique(np.array(homes)[mine], return_counts=True)
    telling = ", ".join(vocabulary[np.argsort(-weight[c])[:6]])
    print(f"{len(mine):4d}  {telling}  ({times.max() / len(mine):.0%} {subjects[times.argmax()]})")
plot_silhouette(fit, model.labels_, title="Topics").figure.savefig("topics.svg")
