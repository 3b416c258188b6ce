from emixer_tf.experiments.result_tables import differences_table
from emixer_tf.experiments.results import ResultRow, Study, summaries

STUDY = Study("s", "S", "?", "", {"auroc": "AUC"}, reference_arm="only real")


def difference(seeds):
    rows = []
    for seed in range(seeds):
        rows.append(ResultRow("only real", "", seed, {"auroc": 0.8 + 0.01 * seed}))
        rows.append(ResultRow("mix", "EMIXER", seed, {"auroc": 0.9 + 0.0101 * seed}))
    (row,) = differences_table(STUDY, summaries(rows, STUDY)).rows
    return row[-1]


def test_seeds_that_the_reference_arm_lacks_do_not_count_for_the_mark():
    rows = [ResultRow("only real", "", seed, {"auroc": 0.8 + 0.01 * seed}) for seed in range(2)]
    rows += [ResultRow("mix", "EMIXER", seed, {"auroc": 0.9 + 0.0101 * seed}) for seed in range(3)]
    (row,) = differences_table(STUDY, summaries(rows, STUDY)).rows
    assert row[-1].startswith("+0.1")
    assert not row[-1].endswith("*")


def test_two_seeds_are_never_marked_as_significant():
    assert difference(2).startswith("+0.100 (p < 0.001") or "p = 0.00" in difference(2)
    assert not difference(2).endswith("*")
    assert difference(3).endswith(" *")
