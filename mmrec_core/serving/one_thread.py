"""How a process that serves uses its cores: a query each."""

from threadpoolctl import threadpool_limits


def keep_products_to_one_thread() -> None:
    """Let NumPy multiply on one thread from now on, in the whole process.

    Products of one query are small. Threads that share one wait for each other for longer than it
    takes: with two, on two busy cores, a query took three times as long. A limit for the time of a
    query would not do: it is the process's, and queries of several visitors overlap. A search of
    all images is not small, and is spread over the cores without BLAS
    (`mmrec_core.collection.over_cores`).
    """
    threadpool_limits(limits=1, user_api="blas")
