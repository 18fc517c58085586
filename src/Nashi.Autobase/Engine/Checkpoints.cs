using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Autobase.Engine;

/// <summary>What one indexer signed last: read from the end of its core, where blocks point back to earlier ones.</summary>
/// <remarks>Never waits: what is not here is asked for, and <see cref="Refresh"/> is called again when something came.</remarks>
internal sealed class Checkpoints(Core core, int signer) : IAsyncDisposable
{
    private SignedAt?[] _user = [];
    private ulong _read;
    private ulong? _asked;

    public CoreKey Key => core.Key;

    /// <summary>The indexer's place among those that sign.</summary>
    public int Signer => signer;

    /// <summary>The system core as the indexer knows it, and where it wrote so.</summary>
    public (CoreKey Key, ulong At)? Digest { get; private set; }

    public SignedAt? System { get; private set; }

    public SignedAt? Encryption { get; private set; }

    public ulong SignedLength => System?.Length ?? 0;

    public SignedAt? User(int place) => place < _user.Length ? _user[place] : null;

    public int UserCount => _user.Length;

    /// <summary>Reads the newest block; true when it told something.</summary>
    public bool Refresh()
    {
        var length = core.Length;
        if (length <= _read || !TryRead(length, out var message) || message.Digest is not { } digest) return false;
        if (!TryFollow(digest, length, out var key)) return false;
        if (!TryFollow(message.Checkpoint, length, out var system, out var encryption, out var user)) return false;
        (_read, Digest, System, Encryption, _user) = (length, key, system, encryption, user);
        return true;
    }

    /// <summary>Takes up signatures that this peer writes into its block at a length.</summary>
    public void Sign(SignedAt system, SignedAt encryption, SignedAt?[] user)
    {
        (System, Encryption) = (system, encryption);
        var old = _user;
        _user = user;
        for (var i = 0; i < user.Length; i++) user[i] ??= i < old.Length ? old[i] : null;
    }

    /// <summary>What a block at a length says of the signatures: in full where they are new, by distance otherwise.</summary>
    public Checkpoint ToCheckpoint(ulong length) => new()
    {
        System = At(System, length),
        Encryption = At(Encryption, length),
        User = _user.Length == 0 ? null : [.. _user.Select(one => At(one, length) ?? default)],
    };

    /// <summary>What a block at a length says of the system core.</summary>
    public SystemDigest ToDigest(ulong length, CoreKey key)
    {
        if (Digest is { } known && known.Key == key) return new() { Pointer = length - known.At };
        Digest = (key, length);
        return new() { Key = key };
    }

    public ValueTask DisposeAsync() => core.DisposeAsync();

    private static ViewCheckpoint? At(SignedAt? signed, ulong length)
    {
        if (signed is null) return null;
        return signed.At == length ? new() { Signature = signed.Signature, Length = signed.Length } : new() { Distance = length - signed.At };
    }

    private bool TryFollow(SystemDigest digest, ulong length, out (CoreKey Key, ulong At)? key)
    {
        key = null;
        var at = length - digest.Pointer;
        if (digest.Pointer > length || at == 0) return false;
        if (Digest is { } known && known.At == at)
        {
            key = known;
            return true;
        }

        if (digest.Pointer == 0) key = digest.Key is { } here ? (here, at) : null;
        else if (TryRead(at, out var earlier)) key = earlier.Digest?.Key is { } there ? (there, at) : null;
        return key is not null;
    }

    private bool TryFollow(Checkpoint? checkpoint, ulong length, out SignedAt? system, out SignedAt? encryption, out SignedAt?[] user)
    {
        (system, encryption, user) = (null, null, []);
        if (checkpoint is null) return true;
        if (!TryFollow(checkpoint.System, length, System, static earlier => earlier.System, out system)) return false;
        if (!TryFollow(checkpoint.Encryption, length, Encryption, static earlier => earlier.Encryption, out encryption)) return false;
        user = new SignedAt?[checkpoint.User?.Count ?? 0];
        for (var i = 0; i < user.Length; i++)
        {
            var place = i;
            if (!TryFollow(checkpoint.User![i], length, User(i), earlier => earlier.User is { } list && place < list.Count ? list[place] : null, out user[i])) return false;
        }

        return true;
    }

    private bool TryFollow(ViewCheckpoint? checkpoint, ulong length, SignedAt? known, Func<Checkpoint, ViewCheckpoint?> same, out SignedAt? signed)
    {
        signed = null;
        if (checkpoint is not { } here) return true;
        if (here.Signature is not null)
        {
            signed = new(here.Signature, here.Length, length);
            return true;
        }

        var at = length - here.Distance;
        if (here.Distance > length || at == 0) return false;
        if (known?.At == at) signed = known;
        else if (here.Distance > 0 && TryRead(at, out var earlier) && earlier.Checkpoint is { } list && same(list) is { Signature: { } signature } there) signed = new(signature, there.Length, at);
        return signed is not null;
    }

    private bool TryRead(ulong length, out OplogMessage message)
    {
        if (BlockReading.TryRead(core, length - 1, out message!, out var isDamaged)) return true;
        if (!isDamaged && _asked != length) _ = AskAsync(length);
        return false;
    }

    private async Task AskAsync(ulong length)
    {
        _asked = length;
        try
        {
            await core.GetAsync(length - 1).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ObjectDisposedException)
        {
            // The next change of the core asks again.
        }

        _asked = null;
    }
}
