using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Nashi.BlindPeer.Tests;

/// <summary>Keeps everything that is logged, at the finest level.</summary>
internal sealed class KeptLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public KeptLog() => Factory = new OneFactory(this);

    public ILoggerFactory Factory { get; }

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception) + exception);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class OneFactory(KeptLog log) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
            // There is only the one.
        }

        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
