using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Encoding;
using Nashi.Hypercore.Replication;
using Nashi.Storage;

namespace Nashi.Hypercore;

/// <summary>How a store is opened.</summary>
public sealed record CorestoreOptions
{
    /// <summary>The defaults.</summary>
    public static CorestoreOptions Default { get; } = new();

    /// <summary>How the folder is opened.</summary>
    public StorageOptions Storage { get; init; } = StorageOptions.Default;

    /// <summary>The primary key: kept by a new store, compared with that of an old one. Secret. Default null: a new store makes one.</summary>
    public Bytes32? PrimaryKey { get; init; }

    /// <summary>How cores are replicated.</summary>
    public ReplicationOptions Replication { get; init; } = ReplicationOptions.Default;

    /// <summary>Cores that one connection may have opened only to serve it. Default 4096.</summary>
    public int ServedCoresMax { get; init; } = 4096;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where a new store's primary key comes from.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where it logs to. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
