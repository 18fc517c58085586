using Nashi.BlindPeer.Messages;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.BlindPeer;

/// <summary>Asks a blind peer to prove that it holds what it says, with blocks that we hold too.</summary>
internal sealed class BlindAudit(Core core, BlindPeeringOptions options)
{
    private const int Attempts = 64;

    /// <summary>A question about blocks that are here, chosen at random.</summary>
    public ReceiptRequest Ask(int count)
    {
        Span<byte> nonce = stackalloc byte[Bytes32.Size];
        options.Random.Fill(nonce);
        SortedSet<ulong> blocks = [];
        for (var i = 0; i < Attempts && blocks.Count < count && core.Length > 0; i++)
        {
            var block = options.Random.NextUInt64() % core.Length;
            if (core.FindHeld(block) is { } held) _ = blocks.Add(held);
        }

        return new(core.Key, new Bytes32(nonce), [.. blocks]);
    }

    /// <summary>The receipt, if the answer is honest.</summary>
    /// <exception cref="BlindPeerException">It is not: the message says in what.</exception>
    public async ValueTask<BlindReceipt> CheckAsync(PublicKey peer, PublicKey client, ReceiptRequest request, ReceiptAnswer answer, CancellationToken cancellationToken)
    {
        var receipt = new BlindReceipt
        {
            Peer = peer,
            Client = client,
            Core = core.Key,
            Fork = answer.Fork,
            From = answer.From,
            Length = answer.Length,
            Time = answer.Time,
            Signature = answer.Signature,
        };
        if (!receipt.IsSigned) throw Failed(peer, "the signature is wrong");
        if (answer.Proofs.Count != request.Blocks.Count) throw Failed(peer, "proofs are missing");
        if (receipt.Fork != core.Fork) return receipt;
        for (var i = 0; i < request.Blocks.Count; i++)
        {
            var block = request.Blocks[i];
            if (!receipt.Covers(block)) continue;
            var bytes = await core.GetAsync(block, new CoreGetOptions { Raw = true, Wait = false }, cancellationToken).ConfigureAwait(false);
            if (answer.Proofs[i] != ReceiptRequest.ProofOf(request.Nonce, block, bytes)) throw Failed(peer, $"it can not show block {block}");
        }

        return receipt;
    }

    private BlindPeerException Failed(PublicKey peer, string what) =>
        new("BLIND_PEER_AUDIT_FAILED", $"The blind peer {peer} does not hold what it says of core {core.Key}: {what}. Let another keep it.");
}
