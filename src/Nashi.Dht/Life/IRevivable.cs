using Nashi.SecretStream;
using Nashi.Udx;

namespace Nashi.Dht.Life;

/// <summary>What a <see cref="Revival"/> needs of the connection it looks after.</summary>
internal interface IRevivable
{
    /// <summary>How it fares.</summary>
    UdxStreamStats GetStats();

    /// <summary>Says something that the remote must answer.</summary>
    void Probe();

    /// <summary>Says something new, repeating what has not been answered yet: the remote may have to learn where we are, and only what is new tells it.</summary>
    void Speak();

    /// <summary>Closes it.</summary>
    void Abort(CloseReason reason);
}
