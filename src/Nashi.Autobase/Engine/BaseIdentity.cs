using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Storage.Kv;

namespace Nashi.Autobase.Engine;

/// <summary>Which base it is, who writes here, and with what it is encrypted: found in the store, or made. Spec: data.md §7.1.</summary>
internal sealed record BaseIdentity(CoreKey Key, Core Local, ReadOnlyMemory<byte>? EncryptionKey, BootRecord? Boot)
{
    private const string Referrer = "referrer";
    private const string LocalKey = "autobase/local";
    private const string Encryption = "autobase/encryption";

    public const string BootKey = "autobase/boot";
    public const string ViewKey = "autobase/view";

    public static async ValueTask<BaseIdentity> OpenAsync(Corestore store, CoreKey? key, AutobaseOptions options, CancellationToken cancellationToken)
    {
        var local = key is { } given
            ? await OpenLocalAsync(store, given, options, cancellationToken).ConfigureAwait(false)
            : await OpenOwnAsync(store, options, cancellationToken).ConfigureAwait(false);
        var baseKey = key ?? await ReadKeyAsync(local, Referrer).ConfigureAwait(false) ?? local.Key;
        var first = await store.GetAsync(baseKey, Plain(options), cancellationToken).ConfigureAwait(false);
        await using var firstClosing = first.ConfigureAwait(false);
        await first.SetUserDataAsync(LocalKey, local.Key.ToArray()).ConfigureAwait(false);
        if (key is not null || options.KeyPair is not null)
        {
            await first.SetUserDataAsync(Referrer, baseKey.ToArray()).ConfigureAwait(false);
            await local.SetUserDataAsync(Referrer, baseKey.ToArray()).ConfigureAwait(false);
        }

        var encryptionKey = await FindEncryptionKeyAsync(store, first, local, options).ConfigureAwait(false);
        var boot = await local.GetUserDataAsync(BootKey).ConfigureAwait(false) is { } bytes && MessageCodec.TryDecode<BootRecord>(bytes, out var record) ? record : null;
        return new(baseKey, local, encryptionKey, boot);
    }

    private static CoreOptions Plain(AutobaseOptions options) => new() { Durability = options.Durability, Clock = options.Clock, Logger = options.Logger };

    private static async ValueTask<Core> OpenLocalAsync(Corestore store, CoreKey key, AutobaseOptions options, CancellationToken cancellationToken)
    {
        if (options.KeyPair is { } pair) return await store.GetAsync(Plain(options) with { KeyPair = pair }, cancellationToken).ConfigureAwait(false);
        var first = await store.GetAsync(key, Plain(options), cancellationToken).ConfigureAwait(false);
        var known = await ReadKeyAsync(first, LocalKey).ConfigureAwait(false);
        if (known is null && first.IsWritable) return first;
        await first.DisposeAsync().ConfigureAwait(false);
        return known is { } localKey
            ? await store.GetAsync(localKey, Plain(options), cancellationToken).ConfigureAwait(false)
            : await store.GetAsync("local", Plain(options), cancellationToken).ConfigureAwait(false);
    }

    private static ValueTask<Core> OpenOwnAsync(Corestore store, AutobaseOptions options, CancellationToken cancellationToken) =>
        options.KeyPair is { } pair
            ? store.GetAsync(Plain(options) with { KeyPair = pair }, cancellationToken)
            : store.GetAsync("local", Plain(options), cancellationToken);

    private static async ValueTask<CoreKey?> ReadKeyAsync(Core core, string name) =>
        await core.GetUserDataAsync(name).ConfigureAwait(false) is { Length: Bytes32.Size } key ? new CoreKey(key) : null;

    private static async ValueTask<ReadOnlyMemory<byte>?> FindEncryptionKeyAsync(Corestore store, Core first, Core local, AutobaseOptions options)
    {
        if (await local.GetUserDataAsync(Encryption).ConfigureAwait(false) is { Length: Bytes32.Size } known) return known;
        if (options.EncryptionKey is null && !options.IsEncrypted) return null;
        using var pair = store.CreateKeyPair(Encryption);
        var key = options.EncryptionKey?.ToArray() ?? pair.Seed.ToArray();
        if (key.Length != Bytes32.Size) throw new ArgumentException("An encryption key has 32 bytes.", nameof(options));

        // The first core's copy is what older versions read.
        await first.SetUserDataAsync(Encryption, key).ConfigureAwait(false);
        await local.SetUserDataAsync(Encryption, key).ConfigureAwait(false);
        return key;
    }
}
