using Nashi.Hypercore.Encryption;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>What one session does its own way.</summary>
internal sealed record SessionSettings(bool IsWritable, bool Wait, TimeSpan Timeout, IBlockEncryption? Encryption, Durability Durability)
{
    public SessionSettings With(CoreSessionOptions? options, CoreState state) => options is null ? this : new(
        IsWritable && (options.IsWritable ?? true),
        options.Wait ?? Wait,
        options.Timeout ?? Timeout,
        options.Encryption ?? (options.EncryptionKey is { Length: > 0 } key ? state.CreateEncryption(key.Span, isBlockKey: false) : options.IsPlain ? null : Encryption),
        options.Durability ?? Durability);
}
