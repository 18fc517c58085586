using Nashi.Hypercore.Encryption;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>What one session does its own way.</summary>
internal sealed record SessionSettings(bool IsWritable, bool Wait, TimeSpan Timeout, BlockEncryption? Encryption, Durability Durability)
{
    public SessionSettings With(CoreSessionOptions? options, CoreState state) => options is null ? this : new(
        IsWritable && (options.IsWritable ?? true),
        options.Wait ?? Wait,
        options.Timeout ?? Timeout,
        options.EncryptionKey is { Length: > 0 } key ? state.CreateEncryption(key.Span, isBlockKey: false) : Encryption,
        options.Durability ?? Durability);
}
