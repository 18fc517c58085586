using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Cryptography;
using Nashi.Protomux.Wakeup;
using Nashi.Storage.Kv;

namespace Nashi.Autobase;

/// <summary>How a base is opened.</summary>
public sealed record AutobaseOptions
{
    /// <summary>The usual way.</summary>
    public static AutobaseOptions Default { get; } = new();

    /// <summary>The local writer's key pair. Default null: the one this store has for the base, or the store's core named "local".</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Encrypts a base that is made here, with a key that the store derives. Default false.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The 32 bytes that an encrypted base is read with; remembered by the store. Default null.</summary>
    public ReadOnlyMemory<byte>? EncryptionKey { get; init; }

    /// <summary>
    /// How long an indexer waits before it acknowledges what others wrote, so that it becomes final; chosen anew each time between this and twice this, so that not all do so
    /// at once. Default 10 s; zero never acknowledges by itself.
    /// </summary>
    public TimeSpan AckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a state that a quorum of indexers signed is taken over, where it is far ahead, instead of applying all that led to it. What lies before is then downloaded
    /// when it is read. Default true.
    /// </summary>
    public bool FastForward { get; init; } = true;

    /// <summary>
    /// What peers tell each other of writers with news by, on connections that the application gives it. With it, only writers that index, or are not applied to their end,
    /// are opened; the others when somebody tells of news. Default null: all writers are opened, up to 1024, and <see cref="Autobase.AttachTo"/> makes one to tell others.
    /// </summary>
    public WakeupSwarm? Wakeup { get; init; }

    /// <summary>What a change must survive. Default: the end of the process; the writers' blocks can be had from peers again, and views are made anew.</summary>
    public Durability Durability { get; init; } = Durability.Buffered;

    /// <summary>The clock of acknowledgements. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Chance of acknowledgement times. Default: the system's.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where it tells what went wrong. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
