namespace Nashi.Dht.HolePunching;

/// <summary>In which order to try the ports of a translator that changes them: each once, spread evenly, and every fourth near one that was seen.</summary>
/// <remarks>
/// A step near the golden ratio meets any run of 256 ports within some 400 tries, which matters where a carrier gives each customer a block, and does as
/// well as chance where ports are random. Translators that count upwards have the wanted ports right after the one that was seen.
/// </remarks>
internal sealed class PortOrder
{
    /// <summary>The lowest port that is tried; below it translators put nothing.</summary>
    public const int First = 1024;

    private const int Count = 65_536 - First;
    // Without a common divisor with the count, so that all ports come up.
    private const int Step = 39_871;
    private const int NearCount = 512;
    private const int NearStep = 317;
    private const int NearBefore = 128;
    private const int NearStart = 192;

    private readonly int _seen;
    private int _at;
    private int _near = NearStart;
    private int _nearTried;
    private int _turn;

    /// <summary>Starts anywhere.</summary>
    /// <param name="random">Decides where.</param>
    /// <param name="seen">A port that was seen; 0 for none.</param>
    public PortOrder(IRandom random, int seen)
    {
        _seen = seen;
        _at = random.Next(Count);
    }

    /// <summary>The next port.</summary>
    public int Next()
    {
        if (_seen != 0 && _turn++ % 4 == 0 && _nearTried < NearCount)
        {
            _nearTried++;
            _near = (_near + NearStep) % NearCount;
            var port = _seen - NearBefore + _near;
            if (port is >= First and <= ushort.MaxValue) return port;
        }

        _at = (_at + Step) % Count;
        return First + _at;
    }
}
