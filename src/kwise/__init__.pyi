from kwise import comparison as comparison
from kwise import estimators as estimators
from kwise import explain as explain
from kwise import io as io
from kwise import metrics as metrics
from kwise import ordered as ordered
from kwise import plots as plots
from kwise import preparation as preparation
from kwise import selection as selection
from kwise._core import build_info as build_info
from kwise.analysis import Analysis as Analysis
from kwise.analysis import analyze as analyze
from kwise.analysis.compare import compare as compare
from kwise.estimators import BisectingKMeans as BisectingKMeans
from kwise.estimators import KMeans as KMeans
from kwise.estimators import KPrototypes as KPrototypes
from kwise.estimators import MiniBatchKMeans as MiniBatchKMeans
from kwise.estimators.function import k_means as k_means
from kwise.init import kmeans_plusplus as kmeans_plusplus
from kwise.io import load as load
from kwise.io import read_table as read_table
from kwise.results import Selection as Selection
from kwise.results import Sweep as Sweep
from kwise.selection import judge_sweep as judge_sweep
from kwise.selection import select_k as select_k
from kwise.selection import sweep_k as sweep_k

__version__: str
