namespace Nashi.TcpRelay.Protocol;

/// <summary>So much a second, and a burst of more.</summary>
/// <param name="rate">How much a second; zero for no limit.</param>
/// <param name="burst">How much at once after a pause.</param>
/// <param name="now">The present.</param>
internal sealed class RateLimit(double rate, double burst, Instant now)
{
    private readonly double _burst = burst;
    private double _left = burst;
    private Instant _filledAt = now;

    /// <summary>Takes as much, if it is there.</summary>
    public bool TryTake(int amount, Instant now)
    {
        if (rate == 0) return true;
        if (now > _filledAt)
        {
            _left = Math.Min(_burst, _left + ((now - _filledAt).TotalSeconds * rate));
            _filledAt = now;
        }

        if (_left < amount) return false;
        _left -= amount;
        return true;
    }
}
