import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import enUS from 'antd/locale/en_US'
import { useEffect } from 'react'
import { Refused } from './api/client'
import { router } from './shell/router'
import { useShade } from './theme/shade'
import { tokens } from './theme/theme'
import { useLang } from './words/words'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was refused stays refused; what failed on the way is tried again.
      retry: (failed, error) => failed < 2 && !(error instanceof Refused && error.status < 500),
    },
  },
})

/** The console behind the sign-in. */
export default function Console() {
  const shade = useShade()
  const lang = useLang()
  useEffect(() => {
    document.documentElement.dataset.shade = shade
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  }, [shade, lang])
  return (
    <ConfigProvider theme={tokens(shade)} locale={lang === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <App>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}
