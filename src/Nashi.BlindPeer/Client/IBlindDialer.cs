using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.BlindPeer;

/// <summary>Opens connections to blind peers.</summary>
internal interface IBlindDialer
{
    /// <summary>Raised when the network changed: whoever waits to try again may do so now.</summary>
    event Action? Changed;

    /// <summary>Who we are to blind peers.</summary>
    PublicKey PublicKey { get; }

    ValueTask<IMessageStream> ConnectAsync(PublicKey peer, CancellationToken cancellationToken);
}
