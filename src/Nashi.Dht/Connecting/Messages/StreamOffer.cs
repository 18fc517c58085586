namespace Nashi.Dht.Connecting;

/// <summary>The UDX stream a peer has ready.</summary>
/// <param name="Id">Its stream id: what the other side puts into its packets.</param>
/// <param name="ReusableSocket">Whether the socket may be used again for the next connection.</param>
internal sealed record StreamOffer(uint Id, bool ReusableSocket = false);
