namespace Nashi.Dht.Connecting;

/// <summary>What a node does with a handshake or hole-punch message.</summary>
internal enum RouteVerb
{
    /// <summary>Nothing.</summary>
    Drop,

    /// <summary>Answer without a value but with nodes nearer to the target.</summary>
    Guide,

    /// <summary>Send the value as the response, under the same transaction, to the address named.</summary>
    Respond,

    /// <summary>Send the value as a request, under the same transaction, to the address named.</summary>
    Forward,

    /// <summary>Hand it to the server that lives here.</summary>
    Serve,
}
