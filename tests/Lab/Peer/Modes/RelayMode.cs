using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Dht.Relaying;

namespace Nashi.LabPeer.Modes;

/// <summary><c>relay --bootstrap H:P</c>: a blind relay that everybody can reach.</summary>
internal static class RelayMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var node = await run.StartNodeAsync(new DhtOptions { Host = run.Host, Ephemeral = false, IsFirewalled = false });
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = await BlindRelayServer.StartAsync(node, keyPair, cancellationToken: run.Ended);
        run.Events.Emit("listening", ("publicKey", Convert.ToHexStringLower(keyPair.PublicKey.Value.AsSpan())));
        return await run.UntilEndedAsync();
    }
}
