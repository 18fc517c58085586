using Nashi.Encoding;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.State;
using Nashi.Storage;

namespace Nashi.Hypercore;

/// <content>Branches, signatures of several signers, and records beside the core.</content>
public sealed partial class Core
{
    /// <summary>Makes the blocks of a branch the core's own, signed. The branch then inherits them.</summary>
    /// <param name="branch">A session of a branch of this core, in an atom or not. What is stored of it here does not wait for the atom.</param>
    /// <param name="options">How far, and what signs.</param>
    /// <param name="cancellationToken">Only looked at before the start.</param>
    /// <returns>The core's new length; null when the branch does not continue what is signed, and nothing was changed.</returns>
    /// <exception cref="InvalidSignatureException">The signature given does not cover the branch at that length.</exception>
    public ValueTask<ulong?> CommitAsync(Core branch, CoreCommitOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(branch);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        if (branch._state != _state || branch._data is not BranchState source || _data is not CoreState) throw new ArgumentException("Only a branch of this core can be committed, and only to the core itself.", nameof(branch));
        return _state.CommitAsync(source, options ?? CoreCommitOptions.Default, _settings.Durability);
    }

    /// <summary>Makes this branch one of the core at a length: what it had of its own is gone.</summary>
    public ValueTask CatchUpAsync(ulong length)
    {
        ThrowIfNotWritable();
        return _data is BranchState branch ? branch.CatchUpAsync(length, _settings.Durability) : throw new InvalidOperationException("Only branches catch up: this is the core itself.");
    }

    /// <summary>Removes all branches of the core. No session of one may be open.</summary>
    public ValueTask DeleteBranchesAsync()
    {
        ThrowIfClosed();
        return _state.DeleteBranchesAsync(_settings.Durability);
    }

    /// <summary>The names of the core's branches.</summary>
    public IReadOnlyList<string> ListBranches() => _state.Storage.ReadSessionNames();

    /// <summary>Fills the beginning of this core, which its manifest vouches for, from a core or branch that begins with the same blocks.</summary>
    /// <exception cref="ArgumentException">It begins otherwise.</exception>
    public ValueTask CopyPrologueAsync(Core source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ThrowIfClosed();
        return _state.CopyPrologueAsync(source._data, _settings.Durability);
    }

    /// <summary>The bytes that a signer signs for this core, or branch of it, at a length and fork. Null when its tree is not here at that length.</summary>
    public byte[]? GetSignable(ulong length, ulong fork)
    {
        if (GetTreeHash(length) is not { } hash) return null;
        var signable = new byte[Signable.Size];
        Signable.Write(signable, Key.Value, hash, length, fork);
        return signable;
    }

    /// <summary>Turns a signature over this tree at one length into a part of one for a length that is not greater.</summary>
    /// <param name="signer">Whose it is: an index into the manifest's signers.</param>
    /// <param name="signature">64 bytes, over <see cref="GetSignable"/>.</param>
    /// <param name="signedLength">The length that it covers.</param>
    /// <param name="length">The length that is to be signed.</param>
    /// <returns>Null when the tree between the two lengths is not here.</returns>
    public PartialSignature? CreatePartialSignature(int signer, ReadOnlyMemory<byte> signature, ulong signedLength, ulong length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(signer);
        ArgumentOutOfRangeException.ThrowIfLessThan(signedLength, length);
        if (signature.Length != Cryptography.Ed25519.SignatureSize) throw new ArgumentException("A signature has 64 bytes.", nameof(signature));
        if (signedLength == length) return new PartialSignature(signer, signature, 0, []);
        var reply = ProofBuilder.Build(_data.Tree, _data.Nodes, null, new ProofRequest { Upgrade = new(length, signedLength - length) });
        return reply.Proof?.Upgrade is { } upgrade ? new PartialSignature(signer, signature, signedLength - length, upgrade.Nodes.ToArray()) : null;
    }

    /// <summary>Joins what several signers contributed, for the same length, to one signature: the first of the manifest's quorum count.</summary>
    public static byte[] AssembleSignature(IReadOnlyList<PartialSignature> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var joined = new Multisig();
        foreach (var part in parts)
        {
            joined.Entries.Add(new MultisigEntry((ulong)part.Signer, part.Signature, part.Patch));
            foreach (var node in part.Nodes) _ = joined.Nodes.TryAdd(node.Index, node);
        }

        return joined.Encode();
    }

    /// <summary>Whether a signature vouches for this core, or branch of it, at a length and fork.</summary>
    public bool VerifySignature(ReadOnlyMemory<byte> signature, ulong length, ulong fork)
    {
        if (length > Length || Manifest is not { } manifest) return false;
        var tree = new MerkleBatch();
        foreach (var index in FlatTree.FullRoots(length))
        {
            if (!_data.Nodes.TryGet(index, out var root)) return false;
            tree.AppendRoot(root);
        }

        tree.Fork = fork;
        return new CoreVerifier(Key, manifest).Verify(tree, signature.Span);
    }

    /// <summary>Changes how this session, and those made from it later, encrypts blocks; null reads and appends them as they are.</summary>
    public void SetEncryption(IBlockEncryption? encryption) => _settings = _settings with { Encryption = encryption };

    /// <summary>A record kept beside the core or branch, and never replicated; null when absent.</summary>
    public byte[]? GetLocalRecord(ReadOnlySpan<byte> name) => _data.Storage.ReadLocal(name);

    /// <summary>The records kept beside the core whose names lie from <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public IReadOnlyList<KeyValuePair<byte[], byte[]>> ListLocalRecords(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => _data.Storage.ReadLocals(from, to);

    /// <summary>Changes user data and local records as a whole; nothing else may be changed in the batch.</summary>
    public ValueTask WriteRecordsAsync(Action<CoreWriteBatch> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        ThrowIfClosed();
        return _data.WriteAsync(change, _settings.Durability);
    }
}
