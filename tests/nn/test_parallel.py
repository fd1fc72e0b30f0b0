"""Training with several workers: the same numbers for the same number of shards, and a worker may die."""

import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import nn

RNG = np.random.default_rng(0)
X = RNG.normal(size=(41, 3))
Y = np.tanh(X[:, 0])


def trained(executor=None, shards=None, **options):
    model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
    history = nn.fit(
        model, X, Y, optimizer="adam", lr=0.02, epochs=3, batch_size=10, executor=executor, shards=shards, **options
    )
    return np.array([p.data for p in model.parameters()]), history["loss"]


def processes(workers):
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


@pytest.fixture(scope="module")
def pool():
    with processes(2) as executor:
        yield executor


@pytest.mark.parametrize("shards", [1, 2, 3, 7])
def test_shards_follow_the_whole_batch(pool, shards):
    alone, losses = trained()
    together, sharded_losses = trained(pool, shards)
    np.testing.assert_allclose(alone, together, rtol=1e-9)
    np.testing.assert_allclose(losses, sharded_losses, rtol=1e-9)


def test_the_same_number_of_shards_gives_the_same_bits(pool):
    first, _ = trained(pool, 3)
    with ThreadPoolExecutor(5) as threads:
        second, _ = trained(threads, 3)
    np.testing.assert_array_equal(first, second)


def test_an_executor_and_a_number_are_a_part(pool):
    model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
    history = nn.fit(model, X, Y, optimizer="adam", lr=0.02, epochs=3, batch_size=10, shards=nn.Shards(pool, 3))
    assert history["loss"] == trained(pool, 3)[1]


def test_a_worker_may_die():
    expected, _ = trained(None)
    killed = []

    def kill(run):
        if not killed:
            pid = next(iter(run.settings.shards.executor._processes))
            os.kill(pid, 9)
            killed.append(pid)
            while not run.settings.shards.executor._broken:  # the pool sees it a moment later
                time.sleep(0.001)

    with processes(2) as executor, pytest.warns(UserWarning, match="a worker died .* is computed again in a new pool"):
        found, _ = trained(executor, 2, callbacks=[kill])
    assert killed
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_a_dask_cluster_is_an_executor():
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    local = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with local as cluster, distributed.Client(cluster) as client:
        found, _ = trained(client.get_executor(), 2)
    np.testing.assert_allclose(found, trained()[0], rtol=1e-9)


def test_something_else_is_no_executor():
    with pytest.raises(TypeError, match=r"executor must be a concurrent\.futures\.Executor, not an int"):
        trained(3)
