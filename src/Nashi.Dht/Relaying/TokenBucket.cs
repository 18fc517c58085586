namespace Nashi.Dht.Relaying;

/// <summary>Lets a steady rate of bytes through, and short bursts of more. Thread-safe; knows no clock.</summary>
/// <param name="rate">Bytes a second; zero for no limit.</param>
/// <param name="now">The present.</param>
internal sealed class TokenBucket(long rate, Instant now)
{
    private const long BurstMin = 64 * 1024;
    private const double BurstSeconds = 0.1;

    private readonly Lock _gate = new();
    private readonly double _burst = Math.Max(BurstMin, rate * BurstSeconds);
    private double _left = Math.Max(BurstMin, rate * BurstSeconds);
    private Instant _filledAt = now;

    /// <summary>Takes as many bytes, if they may pass now.</summary>
    public bool TryTake(int bytes, Instant now)
    {
        if (rate == 0) return true;
        lock (_gate)
        {
            if (now > _filledAt)
            {
                _left = Math.Min(_burst, _left + ((now - _filledAt).TotalSeconds * rate));
                _filledAt = now;
            }

            if (_left < bytes) return false;
            _left -= bytes;
            return true;
        }
    }
}
