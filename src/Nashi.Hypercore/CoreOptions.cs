using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Cryptography;
using Nashi.Hypercore.Manifests;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore;

/// <summary>How a core is opened.</summary>
public sealed record CoreOptions
{
    /// <summary>The longest block that an append takes, in bytes.</summary>
    public const int MaxBlockSize = 15 * 1024 * 1024;

    /// <summary>The usual way.</summary>
    public static CoreOptions Default { get; } = new();

    /// <summary>What signs appends; null takes the stored one. Default null.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Who may sign; needed only when it is not stored and no peer will tell. Default null.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary>The key that the blocks are encrypted with, 32 bytes; null takes the stored one, if any. Default null.</summary>
    public ReadOnlyMemory<byte>? EncryptionKey { get; init; }

    /// <summary>Takes <see cref="EncryptionKey"/> as the block key itself instead of deriving that from it. Default false.</summary>
    public bool IsBlockKey { get; init; }

    /// <summary>How blocks are encrypted, instead of with a key. Default null.</summary>
    public Encryption.IBlockEncryption? Encryption { get; init; }

    /// <summary>False makes a session that can not write, even with the key. Default true.</summary>
    public bool IsWritable { get; init; } = true;

    /// <summary>Whether reads ask peers for what is not here. Default true.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>How long reads wait for peers. Default: no limit.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>
    /// What our own appends, truncates and clears wait for. An append that is lost in a power cut after peers saw it forks the core for ever, so the default is
    /// <see cref="Nashi.Storage.Kv.Durability.Synced"/>.
    /// </summary>
    public Durability Durability { get; init; } = Durability.Synced;

    /// <summary>What storing downloaded blocks waits for: they can be had again. Default <see cref="Nashi.Storage.Kv.Durability.Buffered"/>.</summary>
    public Durability DownloadDurability { get; init; } = Durability.Buffered;

    /// <summary>Dates heads and timeouts. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where it logs to. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
