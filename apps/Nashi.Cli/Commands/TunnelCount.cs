namespace Nashi.Cli.Commands;

/// <summary>How much one connection of a tunnel carried.</summary>
/// <param name="Sent">Bytes to the peer.</param>
/// <param name="Received">Bytes from it.</param>
internal sealed record TunnelCount(long Sent, long Received);
