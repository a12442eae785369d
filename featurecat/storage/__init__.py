"""Where runs lie: the store's layout, Parquet files, manifests, publishing, exports, redaction.

Read ``layout`` for what lies where, then ``publish`` for how a run becomes visible.
"""
