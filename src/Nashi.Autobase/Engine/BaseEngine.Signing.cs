using Nashi.Autobase.Messages;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;

namespace Nashi.Autobase.Engine;

/// <content>Signatures: made here, read from others, and joined once a quorum agrees. Spec: data.md §8.2.</content>
internal sealed partial class BaseEngine
{
    private readonly List<Checkpoints> _checkpoints = [];
    private Checkpoints? _localCheckpoints;
    private bool _isSigner;
    private (CoreKey Key, byte[] Signature)? _emptySigned;

    private async ValueTask StartSigningAsync()
    {
        _isSigner = false;
        var isSigned = _systemView.Core.Manifest is { Quorum: > 0 };
        for (var i = 0; i < _system.Indexers.Count; i++)
        {
            var key = _system.Indexers[i].Key;
            var isLocal = key == _identity.Local.Key;
            var core = isLocal ? _local.Session(new CoreSessionOptions { IsWritable = false }) : await OpenRemoteAsync(key).ConfigureAwait(false);
            var checkpoints = new Checkpoints(core, i);
            checkpoints.Refresh();
            _checkpoints.Add(checkpoints);
            _isSigner |= isLocal && isSigned;
        }

        _localCheckpoints = new(_local.Session(new CoreSessionOptions { IsWritable = false }), 0);
        _localCheckpoints.Refresh();
    }

    /// <summary>Writes new nodes to the local core, with what this indexer signs of them.</summary>
    private async ValueTask AppendLocalAsync(List<OplogMessage> nodes, bool isMigrated)
    {
        var systemKey = isMigrated ? await NextSystemKeyAsync().ConfigureAwait(false) : _systemView.Core.Key;
        var first = _local.Length;
        var own = _localCheckpoints!;
        var mustSign = _isSigner && _indexedLength > own.SignedLength;
        var blocks = new List<ReadOnlyMemory<byte>>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            var length = first + (ulong)i + 1;
            if (mustSign && i == nodes.Count - 1) await SignAsync(own, length).ConfigureAwait(false);
            var message = nodes[i] with { Checkpoint = _isSigner ? own.ToCheckpoint(length) : null, Digest = own.ToDigest(length, systemKey) };
            blocks.Add(MessageCodec.Encode(message));
        }

        await _local.AppendAsync(blocks).ConfigureAwait(false);
    }

    private async ValueTask SignAsync(Checkpoints own, ulong at)
    {
        var info = await _system.GetInfoAsync(_indexedLength, _closing.Token).ConfigureAwait(false);
        var user = new SignedAt?[info.Views.Count];
        foreach (var view in _views.All)
        {
            if (view.Place >= 0 && view.Place < user.Length) user[view.Place] = Sign(view.Branch, info.Views[view.Place].Length, at);
        }

        own.Sign(Sign(_systemView.Branch, _indexedLength, at), SignEncryption(at), user);
    }

    private SignedAt Sign(Core branch, ulong length, ulong at)
    {
        var signable = branch.GetSignable(length, 0) ?? throw new AutobaseException("VIEW_CORRUPTION", $"The tree of core {branch.Key} is not here at length {length}.");
        return Sign(signable, length, at);
    }

    // The encryption core exists by name only, until a base is forked: an empty tree is signed for it.
    private SignedAt SignEncryption(ulong at)
    {
        var manifest = _manifests.Create(ManifestsOf(_system.Indexers), ViewManifests.EncryptionName, null);
        var key = manifest.ToKey();
        if (_emptySigned is { } known && known.Key == key) return new(known.Signature, 0, at);
        var signable = new byte[Signable.Size];
        Signable.Write(signable, key.Value, new MerkleBatch().Hash(), 0, 0);
        var signed = Sign(signable, 0, at);
        _emptySigned = (key, signed.Signature);
        return signed;
    }

    private SignedAt Sign(byte[] signable, ulong length, ulong at)
    {
        var signature = new byte[Ed25519.SignatureSize];
        (_identity.Local.KeyPair ?? throw new AutobaseException("NOT_WRITABLE", "The local writer's key pair is not in this store.")).Sign(signable, signature);
        return new(signature, length, at);
    }

    /// <summary>Stores everything that was done since the last time, at once; then makes final what a quorum signed.</summary>
    private async ValueTask StoreAsync()
    {
        var boot = new BootRecord { Key = _systemView.Core.Key, SystemLength = _indexedLength, IndexersUpdated = true, Recoveries = _identity.Boot?.Recoveries ?? 0 };
        await _local.WriteRecordsAsync(batch => batch.PutUserData(BaseIdentity.BootKey, MessageCodec.Encode(boot))).ConfigureAwait(false);
        await _atom.WriteAsync(_options.Durability).ConfigureAwait(false);
        _mustStore = false;
    }

    private async ValueTask<bool> TryCommitSignedAsync()
    {
        foreach (var checkpoints in _checkpoints) checkpoints.Refresh();
        if (FindQuorum() is not { } signers) return false;
        var length = signers[0].SignedLength;
        var info = await _system.GetInfoAsync(length, _closing.Token).ConfigureAwait(false);
        var commits = new List<(AutobaseView View, ulong Length, byte[] Signature)>();
        if (!TryJoin(_systemView, length, signers, static one => one.System, commits)) return false;
        foreach (var view in _views.All)
        {
            if (view.Place < 0 || view.Place >= info.Views.Count) continue;
            var place = view.Place;
            if (!TryJoin(view, info.Views[place].Length, signers, one => one.User(place), commits)) return false;
        }

        // The system last: whoever sees it signed finds the views it names signed too.
        for (var i = commits.Count - 1; i >= 0; i--)
        {
            var (view, signedLength, signature) = commits[i];
            if (!await TryCommitAsync(view, signedLength, signature).ConfigureAwait(false)) return false;
        }

        return true;
    }

    private async ValueTask<bool> TryCommitAsync(AutobaseView view, ulong length, byte[] signature)
    {
        try
        {
            return await view.Core.CommitAsync(view.Branch, new CoreCommitOptions { Length = length, Signature = signature }).ConfigureAwait(false) is not null;
        }
        catch (InvalidSignatureException error)
        {
            // Some indexer has another view than we do: its application or ours is not deterministic.
            Log.QuorumDisagrees(_options.Logger, error, view.Name, length);
            return false;
        }
    }

    /// <summary>Those who signed the most; as many as a quorum needs, the one that signed least first. Null when they lead no further, or elsewhere.</summary>
    private List<Checkpoints>? FindQuorum()
    {
        var quorum = _systemView.Core.Manifest?.Quorum ?? 0;
        if (quorum == 0 || _checkpoints.Count < quorum) return null;
        var signers = _checkpoints.OrderBy(one => one.SignedLength).Skip(_checkpoints.Count - quorum).ToList();
        var length = signers[0].SignedLength;
        if (length <= _systemView.Core.Length || length > _indexedLength) return null;
        return signers.TrueForAll(one => one.Digest?.Key == _systemView.Core.Key && one.SignedLength <= _indexedLength) ? signers : null;
    }

    private static bool TryJoin(AutobaseView view, ulong length, List<Checkpoints> signers, Func<Checkpoints, SignedAt?> of, List<(AutobaseView View, ulong Length, byte[] Signature)> commits)
    {
        if (length <= view.Core.Length) return true;
        var parts = new List<PartialSignature>(signers.Count);
        foreach (var signer in signers)
        {
            if (of(signer) is not { } signed || signed.Length < length || signed.Length > view.Length) return false;
            if (view.Branch.CreatePartialSignature(signer.Signer, signed.Signature, signed.Length, length) is not { } part) return false;
            parts.Add(part);
        }

        commits.Add((view, length, Core.AssembleSignature(parts)));
        return true;
    }
}
