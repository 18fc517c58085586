using Nashi.Chat.Ops;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Pairing;
using Nashi.Protomux;
using Nashi.Swarm;

namespace Nashi.Chat.Rooms;

/// <summary>Asks members of a room to be let in, and keeps what they answer.</summary>
internal static class RoomJoining
{
    public static async ValueTask RunAsync(ChatOptions options, RoomFolder folder, InviteLink link, CancellationToken cancellationToken)
    {
        var request = await AskAsync(options, folder, link, cancellationToken).ConfigureAwait(false);
        using var secrets = new RoomSecrets(options.Keys.Device, folder.Salt);
        var swarm = new Swarm.Swarm(options.Dht!, new SwarmOptions { KeyPair = secrets.Noise, Clock = options.Clock, Random = options.Random });
        await using var swarmClosing = swarm.ConfigureAwait(false);
        var pairing = new BlindPairing(swarm, options.Dht!, new BlindPairingOptions { TimeProvider = options.Clock, Random = options.Random, Logger = options.Logger });
        await using var pairingClosing = pairing.ConfigureAwait(false);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var accepting = AcceptAsync(swarm, pairing, options, done.Token);
        try
        {
            var candidate = pairing.AddCandidate(request);
            await using var candidateClosing = candidate.ConfigureAwait(false);
            var outcome = await candidate.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
            Keep(folder, outcome);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public static void Keep(RoomFolder folder, PairingOutcome outcome)
    {
        if (outcome is not { Status: PairingStatus.Accepted, Keys: { EncryptionKey: { } key } keys }) throw new ChatException("INVITE_REFUSED", $"The invitation was refused: {outcome.Status}. Ask for a new one.");
        folder.Update(meta => meta with { Id = keys.Key, Keys = [key] });
    }

    // The same for each asking: members answer the same request again.
    public static async ValueTask<CandidateRequest> AskAsync(ChatOptions options, RoomFolder folder, InviteLink link, CancellationToken cancellationToken)
    {
        using var secrets = new RoomSecrets(options.Keys.Device, folder.Salt);
        var store = await Room.OpenStoreAsync(options, folder, secrets, cancellationToken).ConfigureAwait(false);
        await using var storeClosing = store.ConfigureAwait(false);
        var (writer, content, files) = await Room.OpenOwnCoresAsync(store, cancellationToken).ConfigureAwait(false);
        var card = JoinCard.Create(link.Invite.PublicKey.Value, options.Keys, writer, content.Key, files.Key, secrets.Box.PublicKey, folder.Meta.OwnName);
        await content.DisposeAsync().ConfigureAwait(false);
        await files.DisposeAsync().ConfigureAwait(false);
        return new CandidateRequest(link.Invite, card.Encode());
    }

    private static async Task AcceptAsync(Swarm.Swarm swarm, BlindPairing pairing, ChatOptions options, CancellationToken cancellationToken)
    {
        await foreach (var connection in swarm.Connections.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var mux = new Mux(connection.Stream, null, options.Logger);
            pairing.AddStream(mux);
            mux.Start();
        }
    }
}
