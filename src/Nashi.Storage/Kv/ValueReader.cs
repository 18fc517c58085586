namespace Nashi.Storage.Kv;

/// <summary>Makes something of a stored value, whose bytes are valid only during the call.</summary>
/// <typeparam name="TState">What the reader needs; pass it rather than capturing it.</typeparam>
/// <typeparam name="TResult">What it makes.</typeparam>
public delegate TResult ValueReader<in TState, out TResult>(ReadOnlySpan<byte> value, TState state)
    where TState : allows ref struct;
