namespace Nashi.Udx.Protocol;

/// <summary>The greatest of the values of a sliding window, kept with three of them (Kathleen Nichols' filter).</summary>
internal struct WindowedMax(long window)
{
    private (double Value, long At) _first;
    private (double Value, long At) _second;
    private (double Value, long At) _third;

    public readonly double Value => _first.Value;

    public void Add(double value, long at)
    {
        if (value >= _first.Value || at - _third.At > window)
        {
            _first = _second = _third = (value, at);
            return;
        }

        if (value >= _second.Value) _second = _third = (value, at);
        else if (value >= _third.Value) _third = (value, at);
        Age((value, at));
    }

    private void Age((double Value, long At) sample)
    {
        var age = sample.At - _first.At;
        if (age > window)
        {
            (_first, _second, _third) = (_second, _third, sample);
            if (sample.At - _first.At > window) (_first, _second, _third) = (_second, _third, sample);
        }
        else if (_second.At == _first.At && age > window / 4) _second = _third = sample;
        else if (_third.At == _second.At && age > window / 2) _third = sample;
    }
}
