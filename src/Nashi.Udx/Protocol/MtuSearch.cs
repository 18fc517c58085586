namespace Nashi.Udx.Protocol;

/// <summary>Finds how large packets may be on this path, by trying (RFC 8899). Spec: network.md §1.7.</summary>
/// <remarks>Sizes are those of whole IP packets, in bytes.</remarks>
internal sealed class MtuSearch(int max)
{
    public const int Base = 1200;

    private const int Step = 32;
    private const int TriesMax = 3;

    private int _tries;
    private bool _probing;
    private bool _done = max <= Base;
    private bool _started;

    /// <summary>The size that is known to pass.</summary>
    public int Current { get; private set; } = Base;

    /// <summary>The size to try with the next packet; zero when there is none to try.</summary>
    public int Wanted => _done || _probing || !_started ? 0 : Math.Min(Current + Step, max);

    /// <summary>The remote answered: it is worth searching.</summary>
    public void Start() => _started = true;

    public void HandleSent() => _probing = true;

    public void HandleAcked(int size)
    {
        if (!_probing) return;
        _probing = false;
        _tries = 0;
        Current = Math.Max(Current, Math.Min(size, max));
        _done = Current >= max;
    }

    public void HandleLost()
    {
        if (!_probing) return;
        _probing = false;
        _done = ++_tries >= TriesMax;
    }

    /// <summary>Another path: nothing is known.</summary>
    public void Reset()
    {
        (_tries, _probing, _started) = (0, false, false);
        _done = max <= Base;
        Current = Base;
    }
}
