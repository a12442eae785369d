"""The expectations that come with featurecat, one file a family; listed in ``expectations/registry.py``.

Every library's missing values, NaN and null alike, mean the same to all of them: they are counted, and take no further
part. What Hamilton does otherwise, kind by kind:

- ``range``: NaN is neither in nor out of a range; there it is out of one in ``float64`` and passed over in
  ``Float64``. None is missing; there it is a TypeError.
- ``values_in``: a missing scalar gives nothing to judge; there NaN and None are not in the set.
- ``data_type``: judged on the Arrow type, so that it means the same to every library; a bool is no integer.
- ``allow_nans``, ``max_fraction_nans``: for scalars and every library; there for pandas only, as are the next two.
- ``max_standard_dev``: fewer than two values give nothing to judge; there a single row fails.
- ``mean_in_range``: no values give nothing to judge; there an empty column fails.
- ``allow_none``: the same.
- ``contains``, ``does_not_contain``: columns of texts, too; None gives nothing to judge, there it is a TypeError.
- ``schema``: the value is never changed; there a schema that coerces changes what flows on. Lazy frames are judged on
  their values, not on their columns' types alone.
- ``model``: None gives nothing to judge.

``Optional``, ``Annotated``, unions and ``NewType`` count as what they hold; what cannot be judged, such as a list, is
one error when the graph is built.
"""
